create table peer_feed (
    peer text not null,
    feed text not null,
    size integer not null,
    frontier blob not null,
    checkpoint text not null,
    checked_at integer,
    failing_since integer,
    last_error text,
    paused text,
    primary key (peer, feed)
);
create table peer_checkpoint (
    peer text not null,
    feed text not null,
    size integer not null,
    origin blob not null,
    note text not null,
    seen_at integer not null,
    primary key (peer, feed, size)
);
create index peer_checkpoint_origin on peer_checkpoint (origin, size);
create table peer_entry (
    peer text not null,
    feed text not null,
    seq integer not null,
    id blob,
    header blob not null,
    content blob,
    erased integer not null,
    erased_by integer,
    primary key (peer, feed, seq)
);
create index peer_entry_id on peer_entry (peer, feed, id) where id is not null;
create table peer_conflict (
    peer text not null,
    feed text not null,
    found_at integer not null,
    lie text not null,
    older text not null,
    newer text not null,
    prefix blob,
    path blob,
    primary key (peer, feed, found_at, lie)
);

-- Reports of other members as their feeds tell of them: made from the mirror, and made anew from it when it is lost.
create table report_peer (
    peer text not null,
    case_id blob not null,
    seq integer not null,
    number text not null,
    code text not null,
    name text not null,
    grouping text not null,
    state text not null,
    lat integer,
    lon integer,
    cell integer,
    address text not null,
    text text not null,
    opened integer not null,
    updated integer not null,
    closed integer,
    hours integer,
    url text not null,
    media text,
    primary key (peer, case_id)
);
create unique index report_peer_seq on report_peer (peer, seq);
create index report_peer_cell on report_peer (cell, closed, peer, code, lat, lon) where cell is not null;
create index report_peer_opened on report_peer (opened, case_id);
create index report_peer_code on report_peer (code, opened, case_id);
create index report_peer_waits on report_peer (opened, case_id) where closed is null;
create index report_peer_open on report_peer (peer) where closed is null;
create index report_peer_closed on report_peer (closed, peer, hours) where closed is not null;
-- What others call their categories.
create table report_peer_category (
    peer text not null,
    code text not null,
    name text not null,
    grouping text not null,
    primary key (peer, code)
);

create table ledger_feed (
    feed text primary key,
    size integer not null,
    checkpoint text not null
);
create table ledger_entry (
    id blob primary key,
    feed text not null,
    seq integer,
    at integer not null,
    case_id blob,
    header blob not null,
    subject blob,
    salt blob,
    sealed blob
-- only: sqlite
) strict, without rowid;
-- end
-- only: postgres
);
-- end
create unique index ledger_entry_seq on ledger_entry (feed, seq) where seq is not null;
create index ledger_entry_pending on ledger_entry (at) where seq is null;
create index ledger_entry_case on ledger_entry (case_id) where case_id is not null;
create index ledger_entry_subject on ledger_entry (subject) where subject is not null;
create table ledger_tile (
    feed text not null,
    level integer not null,
    place integer not null,
    hashes blob not null,
    primary key (feed, level, place)
);

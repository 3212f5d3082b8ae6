-- One row for each member that cases are handed over to or from: which of our lives the feed for it is in, and which
-- life we have told it of.
create table federation_pair (
    did text primary key,
    epoch integer not null,
    announced integer not null,
    trouble text,
    lie text,
    met integer
);
-- The feeds another member writes for us: the key each is checked with, and how many entries were taken in.
create table federation_pair_feed (
    did text not null,
    epoch integer not null,
    verifier text not null,
    applied integer not null,
    primary key (did, epoch)
);
-- What follows from the acts of a handover, for whoever asks often.
create table federation_handover (
    id blob primary key,
    did text not null,
    side text not null,
    case_id blob not null,
    phase text not null,
    updated integer not null
);
create index federation_handover_case on federation_handover (case_id);
create index federation_handover_did on federation_handover (did, updated);
-- What both sides did, exactly as it was written. What is said with an act can be erased.
create table federation_handover_act (
    handover blob not null,
    hash text not null,
    did text not null,
    own integer not null,
    said text not null,
    mark text not null,
    content text,
    files text not null,
    epoch integer,
    seq integer,
    entry blob,
    receipt text,
    received integer not null,
    primary key (handover, hash)
);
create index federation_handover_act_did on federation_handover_act (did, own);
create index federation_handover_act_open on federation_handover_act (did) where own = 1 and receipt is null;
-- What is still to be written into the feed for another member, in this order.
create table federation_outbox (
    did text not null,
    place integer not null,
    kind text not null,
    handover blob,
    hash text,
    body text,
    primary key (did, place)
);

-- Members that somebody here has met and confirmed.
create table federation_peer (
    did text primary key,
    url text not null,
    identity text not null,
    found text,
    added integer not null,
    checked integer not null
);
-- Every key for agreements that was ever confirmed to be a member's; what it signed stays signed.
create table federation_key (
    did text not null,
    agreements text not null,
    pinned integer not null,
    primary key (did, agreements)
);
-- Exactly the signed notes, by the hash of what was signed.
create table federation_document (
    hash text primary key,
    note text not null,
    proposer text not null,
    checked integer not null,
    received integer not null
);
create index federation_document_unchecked on federation_document (received) where checked = 0;
create table federation_act (
    hash text primary key,
    document text not null,
    party text not null,
    note text not null,
    received integer not null
);
create index federation_act_of on federation_act (document, party);
-- What another party is to be told, and how far it was told.
create table federation_delivery (
    did text not null,
    document text not null,
    wanted integer not null,
    told integer not null,
    failing_since integer,
    retry_at integer,
    error text,
    primary key (did, document)
);
create index federation_delivery_of on federation_delivery (document);

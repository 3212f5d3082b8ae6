-- Signed requests that were taken, until their signatures have expired: none is taken twice.
create table federation_nonce (
    keyid text not null,
    nonce text not null,
    ends integer not null,
    primary key (keyid, nonce)
);
create index federation_nonce_ends on federation_nonce (ends);
-- When a member gave a key up for another, and whether somebody else may have got hold of it.
alter table federation_key add column ended integer;
alter table federation_key add column stolen integer not null default 0;

alter table person add column blocked integer;
create index role_grant_role on role_grant (role);
create table passkey (
    id blob primary key,
    person_id blob not null references person (id),
    name text not null,
    key text not null,
    created integer not null,
    used integer
);
create index passkey_person on passkey (person_id);
create table ceremony (
    hash blob primary key,
    kind text not null,
    person_id blob references person (id),
    state text not null,
    expires integer not null
);
create index ceremony_person on ceremony (person_id);
create index ceremony_expires on ceremony (expires);
create table subject (
    issuer text not null,
    subject text not null,
    person_id blob not null references person (id),
    primary key (issuer, subject)
);
create unique index subject_person on subject (person_id, issuer);

create table office (
    id blob primary key,
    name text not null unique,
    email text not null
);
create table person (
    id blob primary key,
    email text unique,
    name text not null,
    password text,
    totp text,
    totp_step integer not null default 0,
    created integer not null,
    erased integer
);
create table role_grant (
    person_id blob not null references person (id),
    role text not null,
    office_id blob references office (id),
    module text
);
create index role_grant_person on role_grant (person_id);
create table session (
    hash blob primary key,
    person_id blob not null references person (id),
    strong integer not null,
    created integer not null,
    expires integer not null
);
create index session_person on session (person_id);
create index session_expires on session (expires);
create table login_link (
    hash blob primary key,
    email text not null,
    expires integer not null
);
create index login_link_expires on login_link (expires);
create table throttle (
    key blob primary key,
    count integer not null,
    ends integer not null
);
create index throttle_ends on throttle (ends);
create table form_done (
    id blob primary key,
    location text not null,
    at integer not null
);
create index form_done_at on form_done (at);

create table district (
    key text primary key,
    ars text not null,
    name text not null,
    kind text not null,
    shape text not null
);
create table street_edition (
    one integer primary key,
    edition integer not null
);
create table street (
    edition integer not null,
    id integer not null,
    town text not null,
    name text not null,
    folded text not null,
    primary key (edition, id)
);
create index street_folded on street (edition, folded);
create table address (
    edition integer not null,
    street integer not null,
    number integer not null,
    suffix text not null,
    zip text not null,
    lat integer not null,
    lon integer not null,
    primary key (edition, street, number, suffix, zip)
);
create table upload (
    id blob primary key,
    kind text not null,
    others text not null,
    person blob not null,
    at integer not null,
    content blob not null
);
create index upload_at on upload (at);

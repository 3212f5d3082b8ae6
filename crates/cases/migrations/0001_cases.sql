create table case_file (
    id blob primary key,
    module text not null,
    number text not null unique,
    title text not null,
    state text not null,
    office_id blob not null,
    assignee blob,
    owner blob,
    secret_hash blob unique,
    opened integer not null,
    updated integer not null,
    due integer,
    closed integer
);
create index case_file_updated on case_file (updated, id);
create index case_file_office on case_file (office_id, state, updated);
create index case_file_assignee on case_file (assignee, updated) where assignee is not null;
create index case_file_due on case_file (due) where closed is null and due is not null;
create index case_file_owner on case_file (owner, opened) where owner is not null;
create table case_event (
    case_id blob not null references case_file (id),
    at integer not null,
    place integer not null,
    kind text not null,
    public integer not null,
    actor blob,
    text text not null,
    primary key (case_id, place)
);
create table case_number (
    year integer primary key,
    last integer not null
);

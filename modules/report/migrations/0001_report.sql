create table report_category (
    code text primary key,
    grouping text not null,
    name text not null,
    name_en text not null,
    description text not null,
    keywords text not null,
    office_id blob not null,
    visibility text not null,
    near_metres integer not null,
    promise_hours integer,
    active integer not null default 1,
    place integer not null
);
create table report_question (
    category text not null references report_category (code),
    code text not null,
    place integer not null,
    datatype text not null,
    required integer not null,
    asked integer not null,
    text text not null,
    text_en text not null,
    hint text not null,
    primary key (category, code)
);
create table report_choice (
    category text not null,
    question text not null,
    key text not null,
    place integer not null,
    name text not null,
    name_en text not null,
    primary key (category, question, key)
);
create table report (
    case_id blob primary key references case_file (id),
    category text not null references report_category (code),
    visibility text not null,
    text text not null,
    lat integer,
    lon integer,
    cell integer,
    address text not null,
    contact_name text,
    contact_email text,
    client_id text unique,
    opened integer not null
);
create index report_opened on report (opened, case_id);
create index report_cell on report (cell) where cell is not null;
create index report_category_opened on report (category, opened, case_id);
create table report_answer (
    case_id blob not null references report (case_id),
    question text not null,
    place integer not null,
    value text not null,
    primary key (case_id, question, place)
);
create table report_api_key (
    hash blob primary key,
    name text not null
);

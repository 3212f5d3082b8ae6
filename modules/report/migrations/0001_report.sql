create table report_category (
    code text primary key,
    grouping text not null,
    name text not null,
    name_en text not null,
    description text not null,
    office_id blob not null,
    place integer not null
);
create table report (
    case_id blob primary key references case_file (id),
    category text not null references report_category (code),
    text text not null,
    lat integer,
    lon integer,
    cell integer,
    address text not null,
    contact_name text,
    contact_email text,
    opened integer not null
);
create index report_opened on report (opened, case_id);
create index report_cell on report (cell) where cell is not null;
create table report_api_key (
    hash blob primary key,
    name text not null
);

create table report_responsibility (
    id blob primary key,
    created integer not null,
    area text,
    district text,
    category text,
    grouping text,
    office_id blob,
    body_name text not null,
    body_contact text not null,
    body_url text not null
);
create table report_body (
    case_id blob primary key references report (case_id),
    name text not null,
    contact text not null,
    url text not null
);

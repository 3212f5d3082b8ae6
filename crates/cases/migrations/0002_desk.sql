alter table case_file add column review integer not null default 0;
alter table case_file add column merged_into blob references case_file (id);
alter table case_file add column merged_state text;
create index case_file_opened on case_file (opened, id);
create index case_file_due_order on case_file (coalesce(due, 9223372036854775807), id);
create index case_file_merged on case_file (merged_into) where merged_into is not null;
create index case_file_todo on case_file (office_id, module, assignee, due, review, merged_into) where closed is null;
create index case_file_todo_opened on case_file (opened, id) where closed is null;
create index case_file_todo_due on case_file (coalesce(due, 9223372036854775807), id) where closed is null;
create index case_file_todo_updated on case_file (updated, id) where closed is null;
drop index case_file_office;
create index case_file_office_updated on case_file (office_id, updated, id);
create table case_step (
    action blob not null,
    case_id blob not null references case_file (id),
    place integer not null,
    person blob not null,
    at integer not null,
    what text not null,
    state text not null,
    office_id blob not null,
    assignee blob,
    due integer,
    review integer not null,
    merged_into blob,
    merged_state text,
    module_state text not null,
    primary key (case_id, place)
);
create index case_step_action on case_step (action, case_id);
create table case_filter (
    id blob primary key,
    person blob not null,
    name text not null,
    query text not null,
    is_default integer not null,
    unique (person, name)
);
create table case_template (
    id blob primary key,
    module text not null,
    category text,
    state text,
    name text not null,
    text text not null
);
create index case_template_module on case_template (module, name, id);
create table case_errand (
    id blob primary key,
    case_id blob not null references case_file (id),
    person blob not null,
    outcome text not null,
    at integer not null
);
create index case_errand_at on case_errand (at);
create table case_depot (
    office_id blob primary key,
    lat integer not null,
    lon integer not null
);

create table case_template (
    id blob primary key,
    module text not null,
    category text,
    state text,
    name text not null,
    text text not null
);
create index case_template_module on case_template (module, name, id);

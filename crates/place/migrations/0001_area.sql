create table area (
    ars text primary key,
    name text not null,
    kind text not null,
    shape text not null
);

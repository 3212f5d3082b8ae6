create table service_hours (
    weekday integer not null,
    from_minute integer not null,
    to_minute integer not null,
    primary key (weekday, from_minute)
);
insert into service_hours (weekday, from_minute, to_minute)
values (1, 480, 960), (2, 480, 960), (3, 480, 960), (4, 480, 960), (5, 480, 960);
create table holiday (
    day text primary key,
    name text not null
);
create table holiday_year (
    year integer primary key
);

create table service_hours (
    weekday integer not null,
    from_minute integer not null,
    to_minute integer not null,
    primary key (weekday, from_minute)
);
create table holiday (
    day text primary key,
    name text not null
);
create table holiday_year (
    year integer primary key
);

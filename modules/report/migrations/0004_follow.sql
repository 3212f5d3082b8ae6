-- Derived: what lists, maps and statistics count of every public report. It may be emptied; it is made anew.
create table report_figure (
    case_id blob primary key,
    category text not null,
    area text not null,
    opened integer not null,
    month integer not null,
    closed integer,
    closed_month integer,
    hours integer,
    due integer,
    photo integer not null,
    lat integer,
    lon integer,
    cell integer
);
create index report_figure_cell on report_figure (cell, category, closed, opened, photo, area, lat, lon) where cell is not null;
create index report_figure_month on report_figure (month, category, area, closed, due, opened);
create index report_figure_closed on report_figure (closed_month, category, hours, closed, due) where closed is not null;
create index report_figure_open on report_figure (opened, category) where closed is null;
create table report_walk (
    name text primary key,
    at integer not null,
    case_id blob,
    began integer not null,
    atlas blob not null
);
create table report_follow (
    secret text primary key,
    email text not null,
    lang text not null,
    query text not null,
    rhythm text not null,
    changes integer not null,
    created integer not null,
    confirmed integer,
    sent integer,
    due integer
);
create index report_follow_email on report_follow (email);
create index report_follow_due on report_follow (due) where due is not null;
create index report_follow_unconfirmed on report_follow (created) where confirmed is null;
create table report_follow_news (
    secret text not null references report_follow (secret) on delete cascade,
    case_id blob not null,
    at integer not null,
    what text not null,
    primary key (secret, case_id)
);
create index report_follow_news_case on report_follow_news (case_id);
create table report_told (
    case_id blob primary key,
    events integer not null
);

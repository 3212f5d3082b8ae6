-- A trial as this member sees it: its own, or one of another member that it has joined.
create table trial (
    id blob primary key,
    leader text not null,
    state text not null,
    title text not null,
    question text not null,
    tried text not null,
    baseline_first text not null,
    baseline_last text not null,
    period_first text not null,
    period_last text not null,
    results text not null,
    lessons text not null,
    reason text not null,
    created integer not null,
    updated integer not null,
    measured integer,
    published integer
);
create index trial_state on trial (state);
create table trial_indicator (
    trial blob not null references trial (id),
    place integer not null,
    name text not null,
    unit text not null,
    better text not null,
    baseline real,
    period real,
    primary key (trial, place)
);
create table trial_cost (
    trial blob not null references trial (id),
    place integer not null,
    subject text not null,
    cents integer not null,
    primary key (trial, place)
);
-- Derived: the newest that each other member published of a trial in its public feed, as it was read from the mirror.
create table trial_told (
    trial blob not null,
    member text not null,
    peer text not null,
    feed text not null,
    seq integer not null,
    content text not null,
    primary key (trial, member)
);
create index trial_told_feed on trial_told (peer, feed, seq);

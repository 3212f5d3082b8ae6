create table report_key (
    id blob primary key,
    hash blob not null unique,
    name text not null,
    contact text not null,
    scopes text not null,
    per_hour integer not null,
    created integer not null,
    used integer,
    revoked integer
);
-- Keys were known by their hash alone; its first half becomes the program's id.
insert into report_key (id, hash, name, contact, scopes, per_hour, created)
-- only: sqlite
    select substr(hash, 1, 16), hash, name, '', 'report', 1000, 0 from report_api_key;
-- end
-- only: postgres
    select substring(hash from 1 for 16), hash, name, '', 'report', 1000, 0 from report_api_key;
-- end
drop table report_api_key;
create table report_update (
    program blob not null references report_key (id),
    update_id text not null,
    case_id blob not null references report (case_id),
    at integer not null,
    primary key (program, update_id)
);
create index report_event_at on case_event (at, case_id, place) where public = 1;
create table report_webhook (
    id blob primary key,
    url text not null,
    events text not null,
    categories text not null,
    south integer,
    west integer,
    north integer,
    east integer,
    created integer not null,
    failing_since integer,
    retry_at integer,
    last_error text,
    delivered integer,
    disabled integer
);
create table report_webhook_told (
    case_id blob primary key references report (case_id),
    place integer not null
);
-- Moves with every change of what can be reported, whoever makes it.
create table derived_report_catalogue (
    id integer primary key,
    version integer not null,
    named integer not null,
    changed integer not null
);
-- only: sqlite
create trigger report_category_insert after insert on report_category begin
    insert into derived_report_catalogue (id, version, named, changed) values (1, 1, 0, 0)
    on conflict (id) do update set version = derived_report_catalogue.version + 1; end;
create trigger report_category_update after update on report_category begin
    insert into derived_report_catalogue (id, version, named, changed) values (1, 1, 0, 0)
    on conflict (id) do update set version = derived_report_catalogue.version + 1; end;
create trigger report_category_delete after delete on report_category begin
    insert into derived_report_catalogue (id, version, named, changed) values (1, 1, 0, 0)
    on conflict (id) do update set version = derived_report_catalogue.version + 1; end;
create trigger report_question_insert after insert on report_question begin
    insert into derived_report_catalogue (id, version, named, changed) values (1, 1, 0, 0)
    on conflict (id) do update set version = derived_report_catalogue.version + 1; end;
create trigger report_question_update after update on report_question begin
    insert into derived_report_catalogue (id, version, named, changed) values (1, 1, 0, 0)
    on conflict (id) do update set version = derived_report_catalogue.version + 1; end;
create trigger report_question_delete after delete on report_question begin
    insert into derived_report_catalogue (id, version, named, changed) values (1, 1, 0, 0)
    on conflict (id) do update set version = derived_report_catalogue.version + 1; end;
create trigger report_choice_insert after insert on report_choice begin
    insert into derived_report_catalogue (id, version, named, changed) values (1, 1, 0, 0)
    on conflict (id) do update set version = derived_report_catalogue.version + 1; end;
create trigger report_choice_update after update on report_choice begin
    insert into derived_report_catalogue (id, version, named, changed) values (1, 1, 0, 0)
    on conflict (id) do update set version = derived_report_catalogue.version + 1; end;
create trigger report_choice_delete after delete on report_choice begin
    insert into derived_report_catalogue (id, version, named, changed) values (1, 1, 0, 0)
    on conflict (id) do update set version = derived_report_catalogue.version + 1; end;
-- end
-- only: postgres
create function report_catalogue_moves() returns trigger language plpgsql as $$ begin
    insert into derived_report_catalogue (id, version, named, changed) values (1, 1, 0, 0)
    on conflict (id) do update set version = derived_report_catalogue.version + 1;
    return null; end $$;
create trigger report_category_changes after insert or update or delete on report_category
    for each statement execute function report_catalogue_moves();
create trigger report_question_changes after insert or update or delete on report_question
    for each statement execute function report_catalogue_moves();
create trigger report_choice_changes after insert or update or delete on report_choice
    for each statement execute function report_catalogue_moves();
-- end

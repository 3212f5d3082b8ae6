-- What lists show of a case, beside its report: a row of a list is then one row of one table. Triggers keep it as the
-- case, its last answer and its first public photo are, whoever changes them.
alter table report add column number text not null default '';
alter table report add column title text not null default '';
alter table report add column state text not null default 'open';
alter table report add column office_id blob;
alter table report add column updated integer not null default 0;
alter table report add column due integer;
alter table report add column closed integer;
alter table report add column merged text;
alter table report add column photo blob;
alter table report add column answer text;
update report set number = c.number, title = c.title, state = c.state, office_id = c.office_id, updated = c.updated,
    due = c.due, closed = c.closed, merged = (select m.number from case_file m where m.id = c.merged_into)
    from case_file c where c.id = report.case_id;
update report set
    photo = (select f.hash from file_use f where f.case_id = report.case_id and f.public = 1 order by f.place limit 1),
    answer = (select e.text from case_event e where e.case_id = report.case_id and e.kind = 'answer'
              order by e.place desc limit 1);
create index report_update_case on report_update (case_id);
-- Holds all that it takes to choose among the reports in a place.
drop index report_cell;
create index report_cell on report (cell, lat, lon, opened, closed, visibility, category, case_id) where cell is not null;
-- only: sqlite
create trigger report_row_new after insert on report begin
    update report set (number, title, state, office_id, updated, due, closed, merged) =
        (select c.number, c.title, c.state, c.office_id, c.updated, c.due, c.closed,
                (select m.number from case_file m where m.id = c.merged_into)
         from case_file c where c.id = new.case_id)
    where case_id = new.case_id; end;
create trigger report_row_case after update on case_file when new.module = 'report' begin
    update report set number = new.number, title = new.title, state = new.state, office_id = new.office_id,
        updated = new.updated, due = new.due, closed = new.closed,
        merged = (select m.number from case_file m where m.id = new.merged_into)
    where case_id = new.id; end;
create trigger report_row_answer after insert on case_event when new.kind = 'answer' begin
    update report set answer = new.text where case_id = new.case_id; end;
create trigger report_row_photo_new after insert on file_use when new.public = 1 begin
    update report set photo =
        (select f.hash from file_use f where f.case_id = new.case_id and f.public = 1 order by f.place limit 1)
    where case_id = new.case_id; end;
create trigger report_row_photo after update on file_use begin
    update report set photo =
        (select f.hash from file_use f where f.case_id = new.case_id and f.public = 1 order by f.place limit 1)
    where case_id = new.case_id; end;
create trigger report_row_photo_gone after delete on file_use begin
    update report set photo =
        (select f.hash from file_use f where f.case_id = old.case_id and f.public = 1 order by f.place limit 1)
    where case_id = old.case_id; end;
-- end
-- only: postgres
create function report_row_new() returns trigger language plpgsql as $$ begin
    select c.number, c.title, c.state, c.office_id, c.updated, c.due, c.closed,
           (select m.number from case_file m where m.id = c.merged_into)
    into new.number, new.title, new.state, new.office_id, new.updated, new.due, new.closed, new.merged
    from case_file c where c.id = new.case_id;
    return new; end $$;
create trigger report_row_new before insert on report for each row execute function report_row_new();
create function report_row_case() returns trigger language plpgsql as $$ begin
    update report set number = new.number, title = new.title, state = new.state, office_id = new.office_id,
        updated = new.updated, due = new.due, closed = new.closed,
        merged = (select m.number from case_file m where m.id = new.merged_into)
    where case_id = new.id;
    return null; end $$;
create trigger report_row_case after update on case_file for each row when (new.module = 'report')
    execute function report_row_case();
create function report_row_answer() returns trigger language plpgsql as $$ begin
    update report set answer = new.text where case_id = new.case_id;
    return null; end $$;
create trigger report_row_answer after insert on case_event for each row when (new.kind = 'answer')
    execute function report_row_answer();
create function report_row_photo() returns trigger language plpgsql as $$
declare changed bytea;
begin
    changed := case when tg_op = 'DELETE' then old.case_id else new.case_id end;
    update report set photo =
        (select f.hash from file_use f where f.case_id = changed and f.public = 1 order by f.place limit 1)
    where case_id = changed;
    return null; end $$;
create trigger report_row_photo after insert or update or delete on file_use
    for each row execute function report_row_photo();
-- end

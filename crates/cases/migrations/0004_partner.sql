-- The other member a case is handed over to or came from, and whether that one has it now.
alter table case_file add column partner text;
alter table case_file add column away integer not null default 0;
drop index case_file_todo;
create index case_file_todo on case_file (office_id, module, assignee, due, review, merged_into, away) where closed is null;

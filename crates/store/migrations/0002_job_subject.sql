alter table job add column subject text;
create index job_subject on job (subject) where subject is not null;

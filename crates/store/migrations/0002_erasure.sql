alter table job add column subject text;
create index job_subject on job (subject) where subject is not null;
-- only: sqlite
drop trigger search_doc_insert;
drop trigger search_doc_delete;
drop trigger search_doc_update;
drop table search_index;
create virtual table search_index using fts5 (
    tokens, content = 'search_doc', content_rowid = 'id', detail = none,
    tokenize = "unicode61 remove_diacritics 0"
) ;
insert into search_index (search_index, rank) values ('secure-delete', 1);
insert into search_index (search_index) values ('rebuild');
create trigger search_doc_insert after insert on search_doc begin
    insert into search_index (rowid, tokens) values (new.id, new.tokens); end;
create trigger search_doc_delete after delete on search_doc begin
    insert into search_index (search_index, rowid, tokens) values ('delete', old.id, old.tokens); end;
create trigger search_doc_update after update of tokens on search_doc when new.tokens <> old.tokens begin
    insert into search_index (search_index, rowid, tokens) values ('delete', old.id, old.tokens);
    insert into search_index (rowid, tokens) values (new.id, new.tokens); end;
-- end

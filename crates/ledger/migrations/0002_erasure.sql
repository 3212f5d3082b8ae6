alter table ledger_entry add column erased_by blob;

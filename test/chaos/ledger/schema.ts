import type { TestDatabase } from '../../support/servers.ts'

/** Rows before the first writer starts; enough that a full copy lasts long enough to be killed. */
export interface LedgerSize {
  readonly accounts: number
  readonly ballastRows: number
}

/**
 * The tables that writers change. Every transaction notes itself in `ledger`; triggers note what it did in `history`,
 * which is not migrated: it is what the test knows of each transaction, independent of the program under test.
 */
const schemaSql = `
  create table ledger (id bigint primary key, writer int not null, n int not null);

  create table account (
    id int primary key,
    balance bigint not null,
    note text,
    -- Stored out of line and uncompressed, so that an update of the balance leaves it as unchanged TOAST.
    document text
  );
  alter table account alter column document set storage external;

  create table seat (id int primary key, guest int not null unique deferrable initially immediate);

  create table log_line (level int not null, line text not null);
  alter table log_line replica identity full;

  create table ballast (id bigint primary key, filler text not null);

  create table history (
    id bigserial primary key,
    ledger_id bigint not null,
    kind text not null,
    old_row text,
    new_row text
  );

  create function note_history() returns trigger language plpgsql as $$
  begin
    insert into history (ledger_id, kind, old_row, new_row) values (
      current_setting('test.ledger_id')::bigint, tg_table_name,
      case when tg_op <> 'INSERT' then old::text end, case when tg_op <> 'DELETE' then new::text end);
    return null;
  end $$;

  create trigger note_history after insert or update or delete on account
    for each row execute function note_history();
  create trigger note_history after insert or update or delete on seat
    for each row execute function note_history();
  create trigger note_history after insert or update or delete on log_line
    for each row execute function note_history();`

const fillSql = `
  select set_config('test.ledger_id', '0', false);
  insert into account select i, 1000, 'account ' || i, repeat(md5(i::text), 200) from generate_series(1, :accounts) i;
  insert into seat select i, i from generate_series(1, 50) i;
  insert into log_line select i % 3, 'line ' || i % 7 from generate_series(1, 60) i;
  insert into ballast select i, repeat(md5(i::text), 10) from generate_series(1, :ballast) i;`

/** Makes the tables and their first rows, as transaction 0 of the ledger. */
export async function createLedger(source: TestDatabase, size: LedgerSize): Promise<void> {
  await source.query(schemaSql)
  await source.query(
    fillSql.replace(':accounts', String(size.accounts)).replace(':ballast', String(size.ballastRows)),
  )
}

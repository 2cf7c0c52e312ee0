/**
 * What Godwit keeps on the target while a migration lasts. Progress is written in the transactions that carry the
 * rows, so the two never disagree; everything of a migration goes with its row of `progress`.
 */
export const createTablesSql = `
  create schema if not exists godwit;
  create table if not exists godwit.progress (
    migration_id uuid not null,
    stream text not null,
    lease_epoch bigint not null,
    commit_end_lsn pg_lsn,
    source_commit_time timestamptz,
    applied_transactions bigint not null default 0,
    applied_changes bigint not null default 0,
    primary key (migration_id, stream)
  );
  create table if not exists godwit.copied_part (
    migration_id uuid not null,
    stream text not null,
    schema_name text not null,
    table_name text not null,
    part integer not null,
    rows bigint not null,
    bytes bigint not null,
    primary key (migration_id, stream, schema_name, table_name, part),
    foreign key (migration_id, stream) references godwit.progress on delete cascade
  );
  create table if not exists godwit.restored_object (
    migration_id uuid not null,
    stream text not null,
    digest text not null,
    primary key (migration_id, stream, digest),
    foreign key (migration_id, stream) references godwit.progress on delete cascade
  );`

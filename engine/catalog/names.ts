/** Catalogs of what has a name in a schema, with their columns for both. */
export const catalogsOfNames = [
  { catalog: 'pg_class', name: 'relname', namespace: 'relnamespace' },
  { catalog: 'pg_collation', name: 'collname', namespace: 'collnamespace' },
  { catalog: 'pg_conversion', name: 'conname', namespace: 'connamespace' },
  { catalog: 'pg_opclass', name: 'opcname', namespace: 'opcnamespace' },
  { catalog: 'pg_operator', name: 'oprname', namespace: 'oprnamespace' },
  { catalog: 'pg_opfamily', name: 'opfname', namespace: 'opfnamespace' },
  { catalog: 'pg_proc', name: 'proname', namespace: 'pronamespace' },
  { catalog: 'pg_statistic_ext', name: 'stxname', namespace: 'stxnamespace' },
  { catalog: 'pg_ts_config', name: 'cfgname', namespace: 'cfgnamespace' },
  { catalog: 'pg_ts_dict', name: 'dictname', namespace: 'dictnamespace' },
  { catalog: 'pg_ts_parser', name: 'prsname', namespace: 'prsnamespace' },
  { catalog: 'pg_ts_template', name: 'tmplname', namespace: 'tmplnamespace' },
  { catalog: 'pg_type', name: 'typname', namespace: 'typnamespace' },
] as const

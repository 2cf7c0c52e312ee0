/** Of a relation or another object that has a schema, as pg_catalog has it, without quotes. */
export interface QualifiedName {
  readonly schema: string
  readonly name: string
}

/** A column as pg_attribute has it, dropped ones left out, in attnum order. */
export interface CatalogColumn {
  readonly name: string
  readonly attnum: number
  readonly typeOid: number
  readonly typeSchema: string
  readonly typeName: string
  /** As format_type prints it, type modifier included. For people. */
  readonly formattedType: string
  readonly notNull: boolean
  /** Computed by the server: never copied, never applied. */
  readonly generated: 'stored' | 'virtual' | null
  readonly identity: 'always' | 'by default' | null
}

/** The unique index by which changes of a table find their row: its replica identity, else its primary key. */
export interface TableKey {
  readonly indexName: string
  readonly columns: readonly string[]
}

/** A table that holds rows itself, or a partitioned table (`partitioned`), which only has a shape. */
export interface CatalogTable {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly partitioned: boolean
  /** A leaf or inner partition of another table. */
  readonly isPartition: boolean
  /** False of an unlogged table: its rows can be copied, but its changes are in no log. */
  readonly logged: boolean
  readonly columns: readonly CatalogColumn[]
  /** Null: no primary key and no index as replica identity. */
  readonly key: TableKey | null
  readonly replicaIdentity: 'default' | 'nothing' | 'full' | 'index'
  /** From the statistics: -1 when never analyzed. */
  readonly estimatedRows: number
  /** Main fork and TOAST, without indexes. */
  readonly sizeBytes: bigint
}

export type CatalogSequence = QualifiedName

/** What a server says of itself. */
export interface ServerFacts {
  /** server_version_num, for example 150018. */
  readonly versionNum: number
  readonly version: string
  readonly walLevel: string
  readonly inRecovery: boolean
  readonly systemIdentifier: string | null
  readonly database: string
  readonly encoding: string
  readonly collation: string
}

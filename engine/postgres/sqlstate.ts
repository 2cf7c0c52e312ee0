/**
 * The SQLSTATEs that Godwit acts on, by their names in PostgreSQL's own list.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export const sqlState = {
  adminShutdown: '57P01',
  cannotConnectNow: '57P03',
  checkViolation: '23514',
  configurationLimitExceeded: '53400',
  crashShutdown: '57P02',
  databaseDropped: '57P04',
  deadlockDetected: '40P01',
  duplicateDatabase: '42P04',
  duplicateObject: '42710',
  duplicateTable: '42P07',
  exclusionViolation: '23P01',
  featureNotSupported: '0A000',
  idleInTransactionSessionTimeout: '25P03',
  idleSessionTimeout: '57P05',
  insufficientPrivilege: '42501',
  invalidAuthorizationSpecification: '28000',
  invalidCatalogName: '3D000',
  invalidParameterValue: '22023',
  invalidPassword: '28P01',
  lockNotAvailable: '55P03',
  objectInUse: '55006',
  objectNotInPrerequisiteState: '55000',
  protocolViolation: '08P01',
  queryCanceled: '57014',
  serializationFailure: '40001',
  tooManyConnections: '53300',
  undefinedFile: '58P01',
  undefinedObject: '42704',
  undefinedTable: '42P01',
  uniqueViolation: '23505',
} as const

/** The SQLSTATE of an error that the server sent; undefined for any other. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) && 'severity' in error
    ? error.code
    : undefined
}

/** A PostgreSQL server of our own, run from the programs of an npm package. */
export { type EmbeddedBinaries, resolveEmbeddedBinaries } from './binaries.ts'
export { type EmbeddedServer, type EmbeddedServerOptions, startEmbeddedServer } from './start.ts'

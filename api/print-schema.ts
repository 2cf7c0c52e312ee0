/**
 * Writes the GraphQL schema to api/schema.graphql. With --check, compares instead, and exits with 1 when the file
 * is not what the code says.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { schema } from './schema/index.ts'

const file = new URL('schema.graphql', import.meta.url)
const printed = `${printSchema(lexicographicSortSchema(schema))}\n`

if (process.argv.includes('--check')) {
  const committed = await readFile(file, 'utf8').catch(() => '')
  if (committed !== printed) {
    console.error('api/schema.graphql is not what the code says: run "npm run schema:print" and commit it.')
    process.exitCode = 1
  }
} else {
  await writeFile(file, printed)
}

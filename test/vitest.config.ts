import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('..', import.meta.url))
const longTests = ['test/chaos/**/*.test.ts', 'test/e2e/**/*.test.ts']
const unitTests = ['test/**/*.unit.test.ts']
const serverSetup = 'test/support/global-setup.ts'

/**
 * Three projects: `unit` needs no server; `integration` shares servers that are started once per run, with a
 * fresh database for each test; `chaos` is long and runs one file at a time, after the others.
 */
export default defineConfig({
  root,
  // As Node resolves packages. Vite's own list has `development`, under which graphql is another copy of itself than
  // the one that the libraries load.
  ssr: { resolve: { conditions: ['node', 'module-sync'] } },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: unitTests, testTimeout: 30_000, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts'],
          exclude: [...unitTests, ...longTests],
          globalSetup: serverSetup,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'chaos',
          include: longTests,
          globalSetup: serverSetup,
          testTimeout: 15 * 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})

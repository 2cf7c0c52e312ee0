import { always, type Check, type SourceContext } from '../check.ts'
import { judgeVersion } from '../versions.ts'

export const sourceVersion: Check<SourceContext> = {
  name: 'source-version',
  title: 'Version of the source',
  concerns: always,
  run: ({ source }) => Promise.resolve(judgeVersion('source', source.facts)),
}

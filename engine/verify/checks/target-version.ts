import { always, type Check, type TargetContext } from '../check.ts'
import { judgeVersion } from '../versions.ts'

export const targetVersion: Check<TargetContext> = {
  name: 'target-version',
  title: 'Version of the target',
  concerns: always,
  run: ({ target }) => Promise.resolve(judgeVersion('target', target.facts)),
}

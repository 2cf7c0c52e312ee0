import type { ConnectionTest } from '../endpoint/index.ts'
import { failed, passed, type Finding } from './check.ts'

/** Whether ordinary sessions work; the replication connection has a check of its own. */
export function isReachable(test: ConnectionTest): boolean {
  return test.stages.every(({ stage, outcome }) => stage === 'REPLICATION' || outcome !== 'failed')
}

/** @param leftOut titles of the checks that cannot be made without the server */
export function judgeReachability(test: ConnectionTest, leftOut: readonly string[]): Finding {
  const stage = test.stages.find(({ outcome }) => outcome === 'failed')
  if (stage === undefined || isReachable(test)) return passed(`PostgreSQL ${test.serverVersion} answers.`)
  return failed(`${stage.stage} failed: ${stage.detail} ${tellLeftOut(leftOut)}`, {
    remedy: stage.remedy ?? '',
  })
}

/** So that nobody takes what is not in the report for passed. */
export function tellLeftOut(titles: readonly string[]): string {
  return `Not looked at because of this: ${titles.join('; ')}.`
}

import { sql, type SQL } from 'drizzle-orm'
import type { AlarmFacts, ErrorCode, RiskSample, SlotSample, Status } from '../../../engine/index.ts'
import type { Database } from '../../control-database.ts'
import {
  alarmRules,
  alarms,
  cutoverPlans,
  events,
  lagSamples,
  leases,
  migrations,
  steps,
  streams,
} from '../../schema/index.ts'
import { isReleasing, mayHoldSlot } from '../holds-slot.ts'

/** As the server prints it: times in milliseconds since 1970. */
interface FactsRow {
  readonly [column: string]: unknown
  readonly id: string
  readonly now: number
  readonly status: Status
  readonly deleted: boolean
  readonly following: boolean
  readonly attempt: number
  readonly problem_code: ErrorCode | null
  readonly problem_message: string | null
  readonly differs: string | null
  readonly diverged: string | null
  readonly slot_lost: string | null
  readonly start_refused: boolean
  readonly fence: AlarmFacts['fence']
  readonly given_up: boolean
  readonly releasing: boolean
  readonly plan_approved: boolean
  readonly approval_seconds_left: number | null
  readonly lease_overdue_seconds: number
  readonly holds_slot: boolean
  readonly idle_slot: (Omit<SlotSample, 'at'> & { readonly at: number }) | null
  readonly samples: readonly (Omit<RiskSample, 'at'> & { readonly at: number })[] | null
}

/**
 * Those that are there and have not ended, or have left a fence behind, and those whose alarms are not all ended and
 * told of.
 */
const isWatched = sql`(
  (m.status not in ('COMPLETED', 'CANCELLED') and m.deleted_at is null)
  or (m.status = 'CANCELLED' and m.deleted_at is null and exists (
    select from ${streams} as f where f.migration_id = m.id and f.fence is not null))
  or exists (
    select from ${alarms} as a
     where a.migration_id = m.id and (a.state <> 'RESOLVED' or a.announced = 'FIRING')))`

/** Enough of them for every rule, of which few ask for more than three. */
const sampleCount = sql`(
  select greatest(3, max(samples), max(clear_samples)) from ${alarmRules} where migration_id = m.id)`

/** What the alarms of one migration are about, or of all that are to be looked at. */
export async function readAlarmFacts(
  database: Database,
  migrationId: string | null,
): Promise<ReadonlyMap<string, AlarmFacts>> {
  const where = migrationId === null ? isWatched : sql`m.id = ${migrationId}`
  const { rows } = await database.execute<FactsRow>(selectFacts(where))
  return new Map(rows.map((row) => [row.id, toFacts(row)]))
}

/** A scheduled start that was not made shows in the last change of status, until the next one. */
function selectFacts(where: SQL): SQL {
  return sql`
    select m.id,
           extract(epoch from statement_timestamp())::float8 * 1000 as now,
           m.status,
           m.deleted_at is not null as deleted,
           m.status = 'RUNNING' and coalesce(i.status = 'RUNNING', false) as following,
           m.attempt,
           m.problem_code,
           m.problem_message,
           m.differs,
           m.diverged,
           m.slot_lost,
           refusal.is_refused is not null as start_refused,
           st.fence,
           st.given_up is not null as given_up,
           ${isReleasing} as releasing,
           coalesce(p.status = 'APPROVED', false) as plan_approved,
           case when p.id is not null
                then greatest(extract(epoch from p.expires_at - statement_timestamp()), 0)::float8
           end as approval_seconds_left,
           case when m.status in ('VERIFYING', 'RUNNING', 'COMPLETING', 'CANCELLING') then
             greatest(extract(epoch from statement_timestamp()
               - greatest(l.lease_until, m.next_attempt_at, moved.at)), 0) else 0 end::float8
             as lease_overdue_seconds,
           coalesce(${mayHoldSlot}, false) as holds_slot,
           case when st.slot_measured_at > coalesce(followed.at, '-infinity')
                then jsonb_build_object(
                  'at', extract(epoch from st.slot_measured_at) * 1000,
                  'retainedBytes', st.slot_retained_bytes,
                  'walStatus', st.slot_wal_status,
                  'safeWalBytes', st.slot_safe_wal_bytes) end as idle_slot,
           recent.samples
      from ${migrations} as m
      join ${leases} as l on l.migration_id = m.id
      left join ${streams} as st on st.migration_id = m.id
      left join ${steps} as i on i.migration_id = m.id and i.step = 'INCREMENTAL'
      left join ${cutoverPlans} as p on p.migration_id = m.id and p.status in ('PENDING', 'APPROVED')
      left join lateral (
        select max(at) as at from ${events} where migration_id = m.id and type = 'STATUS_CHANGED'
      ) as moved on true
      left join lateral (
        select max(at) as at from ${lagSamples} where migration_id = m.id
      ) as followed on st.slot_measured_at is not null
      left join lateral (
        select jsonb_agg(jsonb_build_object(
                 'at', extract(epoch from s.at) * 1000,
                 'seconds', s.seconds,
                 'bytes', s.bytes,
                 'retainedBytes', s.retained_bytes,
                 'walStatus', s.wal_status,
                 'safeWalBytes', s.safe_wal_bytes,
                 'oldestTransactionSeconds', s.oldest_transaction_seconds,
                 'stalledSeconds', s.stalled_seconds) order by s.at desc, s.id desc) as samples
          from (
            select * from ${lagSamples}
             where migration_id = m.id
             order by at desc, id desc
             limit ${sampleCount}
          ) as s
      ) as recent on m.status = 'COMPLETING' or (m.status = 'RUNNING' and i.status = 'RUNNING')
      left join lateral (
        select true as is_refused
          from (
            select payload from ${events}
             where migration_id = m.id and type = 'STATUS_CHANGED'
             order by sequence desc
             limit 1
          ) as last
         where last.payload ->> 'from' = 'SCHEDULED'
           and last.payload ->> 'report' in ('VERIFY_REFUSED', 'START_REFUSED', 'FAILED')
      ) as refusal on m.status in ('VERIFY_FAILED', 'READY')
     where ${where}`
}

function toFacts(row: FactsRow): AlarmFacts {
  const { problem_code: code, problem_message: message } = row
  return {
    now: new Date(row.now),
    status: row.status,
    deleted: row.deleted,
    following: row.following,
    attempt: row.attempt,
    problem: code === null || message === null ? null : { code, message },
    differs: row.differs,
    diverged: row.diverged,
    slotLost: row.slot_lost,
    startRefused: row.start_refused,
    fence: row.fence,
    givenUp: row.given_up,
    releasing: row.releasing,
    planApproved: row.plan_approved,
    approvalSecondsLeft: row.approval_seconds_left,
    leaseOverdueSeconds: row.lease_overdue_seconds,
    holdsSlot: row.holds_slot,
    idleSlot: row.idle_slot && { ...row.idle_slot, at: new Date(row.idle_slot.at) },
    samples: (row.samples ?? []).map((sample) => ({ ...sample, at: new Date(sample.at) })),
  }
}

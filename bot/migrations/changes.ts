import { graphql, payloadOf } from '../client/index.ts'
import type { PersonalApi } from '../turn.ts'

const refused = graphql(`
  fragment Refused on UserError {
    code
    message
    remedy
  }
`)

const changed = graphql(`
  fragment Changed on Migration {
    shortId
    name
    version
    status
  }
`)

const Verify = graphql(
  `
    mutation Verify($input: VerifyMigrationInput!) {
      answer: verifyMigration(input: $input) {
        __typename
        ... on VerifyMigrationPayload {
          migration {
            ...Changed
          }
        }
        ...Refused
      }
    }
  `,
  [changed, refused],
)

const Start = graphql(
  `
    mutation Start($input: StartMigrationInput!) {
      answer: startMigration(input: $input) {
        __typename
        ... on StartMigrationPayload {
          migration {
            ...Changed
          }
        }
        ...Refused
      }
    }
  `,
  [changed, refused],
)

const Unschedule = graphql(
  `
    mutation Unschedule($input: UnscheduleMigrationInput!) {
      answer: unscheduleMigration(input: $input) {
        __typename
        ... on UnscheduleMigrationPayload {
          migration {
            ...Changed
          }
        }
        ...Refused
      }
    }
  `,
  [changed, refused],
)

const Pause = graphql(
  `
    mutation Pause($input: PauseMigrationInput!) {
      answer: pauseMigration(input: $input) {
        __typename
        ... on PauseMigrationPayload {
          migration {
            ...Changed
          }
        }
        ...Refused
      }
    }
  `,
  [changed, refused],
)

const Resume = graphql(
  `
    mutation Resume($input: ResumeMigrationInput!) {
      answer: resumeMigration(input: $input) {
        __typename
        ... on ResumeMigrationPayload {
          migration {
            ...Changed
          }
        }
        ...Refused
      }
    }
  `,
  [changed, refused],
)

const Retry = graphql(
  `
    mutation Retry($input: RetryMigrationInput!) {
      answer: retryMigration(input: $input) {
        __typename
        ... on RetryMigrationPayload {
          migration {
            ...Changed
          }
        }
        ...Refused
      }
    }
  `,
  [changed, refused],
)

const Unmute = graphql(
  `
    mutation Unmute($input: UnmuteAlarmsInput!) {
      answer: unmuteAlarms(input: $input) {
        __typename
        ... on UnmuteAlarmsPayload {
          migration {
            ...Changed
          }
        }
        ...Refused
      }
    }
  `,
  [changed, refused],
)

const Cancel = graphql(
  `
    mutation Cancel($input: CancelMigrationInput!) {
      answer: cancelMigration(input: $input) {
        __typename
        ... on CancelMigrationPayload {
          migration {
            ...Changed
          }
        }
        ...Refused
      }
    }
  `,
  [changed, refused],
)

const Complete = graphql(
  `
    mutation Complete($input: CompleteMigrationInput!) {
      answer: completeMigration(input: $input) {
        __typename
        ... on CompleteMigrationPayload {
          migration {
            ...Changed
          }
        }
        ...Refused
      }
    }
  `,
  [changed, refused],
)

const Schedule = graphql(
  `
    mutation Schedule($input: ScheduleMigrationInput!) {
      answer: scheduleMigration(input: $input) {
        __typename
        ... on ScheduleMigrationPayload {
          migration {
            ...Changed
          }
        }
        ...Refused
        ... on ValidationError {
          field
        }
      }
    }
  `,
  [changed, refused],
)

/** What every change is told. */
interface ChangeInput {
  readonly id: string
  readonly idempotencyKey: string
  readonly expectedVersion?: number
}

interface CompleteInput extends ChangeInput {
  readonly planDigest: string
  readonly writesStopped?: boolean
  readonly breakGlass?: { readonly reason: string }
}

interface ScheduleInput extends ChangeInput {
  readonly startAt: string
  readonly acceptWarnings: boolean
  readonly whenMissed: 'RUN' | 'REPORT'
}

/** A migration after it was changed. */
export interface Changed {
  readonly shortId: string
  readonly name: string
  readonly version: number
}

/**
 * What people may do to a migration that is there.
 * @throws ApiError, ApiUnreachableError
 */
export const changes = {
  verify: async (api: PersonalApi, input: ChangeInput): Promise<Changed> =>
    payloadOf((await api.execute(Verify, { input })).answer, 'VerifyMigrationPayload').migration,
  start: async (
    api: PersonalApi,
    input: ChangeInput & { readonly acceptWarnings?: boolean },
  ): Promise<Changed> =>
    payloadOf((await api.execute(Start, { input })).answer, 'StartMigrationPayload').migration,
  unschedule: async (api: PersonalApi, input: ChangeInput): Promise<Changed> =>
    payloadOf((await api.execute(Unschedule, { input })).answer, 'UnscheduleMigrationPayload').migration,
  pause: async (api: PersonalApi, input: ChangeInput): Promise<Changed> =>
    payloadOf((await api.execute(Pause, { input })).answer, 'PauseMigrationPayload').migration,
  resume: async (api: PersonalApi, input: ChangeInput): Promise<Changed> =>
    payloadOf((await api.execute(Resume, { input })).answer, 'ResumeMigrationPayload').migration,
  retry: async (api: PersonalApi, input: ChangeInput): Promise<Changed> =>
    payloadOf((await api.execute(Retry, { input })).answer, 'RetryMigrationPayload').migration,
  /** Whatever else has changed: there is one thing to end. */
  unmute: async (api: PersonalApi, { id, idempotencyKey }: ChangeInput): Promise<Changed> =>
    payloadOf((await api.execute(Unmute, { input: { id, idempotencyKey } })).answer, 'UnmuteAlarmsPayload')
      .migration,
  cancel: async (api: PersonalApi, input: ChangeInput): Promise<Changed> =>
    payloadOf((await api.execute(Cancel, { input })).answer, 'CancelMigrationPayload').migration,
  complete: async (api: PersonalApi, input: CompleteInput): Promise<Changed> =>
    payloadOf((await api.execute(Complete, { input })).answer, 'CompleteMigrationPayload').migration,
  schedule: async (api: PersonalApi, input: ScheduleInput): Promise<Changed> =>
    payloadOf((await api.execute(Schedule, { input })).answer, 'ScheduleMigrationPayload').migration,
}

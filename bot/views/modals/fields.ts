import { plainApiText, type PlainNaming } from '../api-text.ts'
import { tidy } from '../escape.ts'
import { forPeople } from '../words/refusals.ts'
import { type InputId, inputIds, type ModalId, modalIds } from './ids.ts'

type Fields = readonly (readonly [field: string, id: InputId])[]

const connection: Fields = [
  ['connection.host', inputIds.host],
  ['connection.port', inputIds.port],
  ['connection.database', inputIds.database],
  ['connection.user', inputIds.user],
  ['connection.tls', inputIds.tls],
]

const start: Fields = [
  ['startAt', inputIds.startAt],
  ['localTime', inputIds.startAt],
  ['timeZone', inputIds.startAt],
  ['whenMissed', inputIds.whenMissed],
  ['acceptWarnings', inputIds.acceptWarnings],
]

/** Where an input of the API stands in a modal; the first is for whatever else is wrong. */
const fieldsOf: Readonly<Record<ModalId, { readonly first: InputId; readonly fields: Fields }>> = {
  [modalIds.newMigration]: {
    first: inputIds.source,
    fields: [
      ['sourceId', inputIds.source],
      ['targetId', inputIds.target],
      ['name', inputIds.name],
      ['selection.include', inputIds.include],
      ['selection.exclude', inputIds.exclude],
      ['selection.renames', inputIds.renames],
      ['selection', inputIds.include],
      ['kind', inputIds.kind],
      ['startAt', inputIds.startAt],
    ],
  },
  [modalIds.schedule]: { first: inputIds.startAt, fields: start },
  [modalIds.cancel]: { first: inputIds.typedName, fields: [] },
  [modalIds.mute]: {
    first: inputIds.duration,
    fields: [
      ['duration', inputIds.duration],
      ['reason', inputIds.reason],
    ],
  },
  [modalIds.reject]: { first: inputIds.reason, fields: [['reason', inputIds.reason]] },
  [modalIds.breakGlass]: {
    first: inputIds.reason,
    fields: [
      ['breakGlass.reason', inputIds.reason],
      ['writesStopped', inputIds.writesStopped],
    ],
  },
  [modalIds.planCutover]: {
    first: inputIds.fencing,
    fields: [
      ['fencing', inputIds.fencing],
      ['compare', inputIds.compare],
      ['maxPause', inputIds.maxPause],
      ['expiresIn', inputIds.expiresIn],
    ],
  },
  [modalIds.newEndpoint]: { first: inputIds.name, fields: [['name', inputIds.name], ...connection] },
}

interface InputError {
  readonly code?: string
  /** Of the API, such as `connection.port` or `selection.include[0].table`; null when it is about several. */
  readonly field?: string | null | undefined
  readonly message: string
  readonly remedy?: string
}

const shownLength = 300

/**
 * What is wrong with what was entered, beside the input that it is about: `errors` of a response to a submission.
 * `shown` are the block_ids of the modal, for not every one has all inputs.
 */
export function errorsOf(
  modal: ModalId,
  error: InputError,
  { shown, ...naming }: PlainNaming & { readonly shown: readonly string[] },
): Record<string, string> {
  const { message, remedy = '' } = forPeople(error)
  const said = [message, remedy].filter((part) => part !== '').map((part) => plainApiText(part, naming))
  const id = inputOf(modal, error.field)
  return { [shown.includes(id) ? id : fieldsOf[modal].first]: tidy(said.join(' '), shownLength) }
}

/** The block_id of the input that a field of the API is about. */
export function inputOf(modal: ModalId, field: string | null | undefined): InputId {
  const { first, fields } = fieldsOf[modal]
  const found = fields.find(
    ([name]) =>
      field === name || field?.startsWith(`${name}.`) === true || field?.startsWith(`${name}[`) === true,
  )
  return found?.[1] ?? first
}

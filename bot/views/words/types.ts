import type { graphql } from '../../client/index.ts'

type Enum<Name extends string> = ReturnType<typeof graphql.scalar<Name>>

/** The enums of the API, so that the compiler tells when one of them gets a value more. */
export type AlarmKind = Enum<'AlarmKind'>
export type AlarmUnit = Enum<'AlarmUnit'>
export type Fencing = Enum<'Fencing'>
export type MigrationAction = Enum<'MigrationAction'>
export type MigrationStatus = Enum<'MigrationStatus'>
export type Scope = Enum<'Scope'>
export type StepName = Enum<'StepName'>
export type StepStatus = Enum<'StepStatus'>

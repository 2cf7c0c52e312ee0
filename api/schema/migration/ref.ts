import type { Migration } from '../../../engine/index.ts'
import { builder } from '../../builder.ts'

/** Apart from its fields, because other domains point at migrations and migrations at them. */
export const MigrationRef = builder.objectRef<Migration>('Migration')

import './queries.ts'
import './mutations.ts'
import './migration-fields.ts'

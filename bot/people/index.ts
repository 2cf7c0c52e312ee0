export { Directory } from './directory.ts'
export { People } from './people.ts'
export { callerOf, isStranger, type Person, type Stranger } from './person.ts'
export { type Grant, type Grantee, holdsRole, type Role } from './roles.ts'

import './type.ts'
import './queries.ts'
import './rules.ts'
import './groups.ts'

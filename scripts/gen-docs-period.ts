// Writes docs/period-output.md: keys of the rows of sonde period, names for --fail-if and metrics, from where they are declared. With
// --check it writes nothing and fails where the file would change.

import { cycleColumns } from '../src/lib/cycles/columns.ts'
import { cycleFactNames } from '../src/lib/cycles/facts.ts'
import { cycleMetrics } from '../src/lib/cycles/metrics.ts'
import { writeGenerated } from './generated-file.ts'

const cell = (text: string) => text.replaceAll('|', '\\|')
const row = (name: string, doc: string) => `| \`${cell(name)}\` | ${cell(doc)} |`

const columns = cycleColumns([])
const keys = new Set(columns.map(({ key }) => key))

const head = `<!-- Written by scripts/gen-docs-period.ts: do not edit. -->
# What sonde period gives

How a period is found, and how far it can be trusted, is in [period.md](period.md).

## Keys

One object a row in NDJSON and JSON; \`--by KEYS\` has a key for each of them behind \`name\`. Behind the rows there is an object of kind \`window\`: \`start\` \`end\`
\`groups\` \`samples\` \`samples_matched\` (by the filter) \`samples_counted\` (each packet at one place) \`samples_no_key\` \`samples_beyond\` (of more groups
than are followed) \`samples_lost\` \`agent_drops\` \`counted_where\` \`agents\` \`agents_stamping\` (with 0:1043) and \`notes\`. In CSV \`profile\`, \`straggler\`
and \`change\` are columns of their own for each part, and \`hosts\` have spaces between them.

| key | what it is |
|---|---|
${columns.map(({ key, doc }) => row(key, doc)).join('\n')}
`

const facts = `## Names for --fail-if

Every key above that is a number, of the first row by its own name (\`period_s\`) and of any as \`rows[0].period_s\`; and:

| name | what it is |
|---|---|
${cycleFactNames
  .filter(({ name }) => !name.startsWith('rows[]') && !keys.has(name))
  .map(({ name, doc }) => row(name, doc))
  .join('\n')}
`

const metrics = `## Metrics

With the label \`group\`, the row's name; what is not known is left out.

| metric | what it is |
|---|---|
${Object.values(cycleMetrics)
  .map(({ name, help }) => row(name, help))
  .join('\n')}
`

writeGenerated('docs/period-output.md', [head, facts, metrics].join('\n'))

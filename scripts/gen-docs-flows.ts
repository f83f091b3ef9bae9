// Writes docs/flows.md: the flow language, its functions from their declarations. With --check it writes nothing and fails
// where the file would change.

import { keyFunctions } from '../src/lib/expression/functions/table.ts'
import { families, type KeyFunction } from '../src/lib/expression/syntax.ts'
import { usage } from '../src/lib/expression/usage.ts'
import { writeGenerated } from './generated-file.ts'

const cell = (text: string) => text.replaceAll('|', '\\|')

const head = `<!-- Written by scripts/gen-docs-flows.ts: do not edit. -->
# Flow language

Keys, values and filters: what a sample is counted under, what of it is counted, and which samples are. One language for all
commands; ${'`sonde help flows`'} has it on one screen, [attributes.md](attributes.md) has the attributes. It is sFlow-RT's, with what
this page adds; definitions of its public applications work unchanged.

## Keys

Attributes or functions with commas between them: ${'`ipsource,null:vlan:none`'}.

- Names are sFlow-RT's, ours, or Wireshark's (${'`ip.src`'}). ${'`.1`'}, ${'`.2`'} ask for the second, third layer of its kind from the outside.
- A function has its arguments behind colons: ${'`mask:ipsource:24`'}. A function as argument stands in square brackets:
  ${'`null:[or:ipsource:ip6source]:none`'}.
- In text a backslash takes the next character as it is (${'`concat:\\::ipsource:ipdestination`'} joins with a colon), or the whole is in
  single quotes: ${"`concat:':':ipsource:ipdestination`"}. Where an attribute is needed, text in quotes is that text.
- Spaces around names, commas and text do not count; a delimiter that is only spaces does.
- A key that is missing makes the sample one without key; ${'`null:`'} gives it a text.

## Values

Numbers with commas between them: ${'`bytes,frames,avg:iptotallength,count:ipsource`'}.

| | of the samples of a flow |
|---|---|
| ${'`rate:x`'}, or ${'`x`'} alone | the sum of x, scaled by the sampling rate |
| ${'`avg:x`'} ${'`min:x`'} ${'`max:x`'} | the mean, least and greatest x |
| ${'`count:x`'} | how many distinct values x has; x may be of any type |

${'`bps`'}, ${'`Bps`'} and ${'`fps`'}, which sFlow-RT's browser applications write, are ${'`bytes`'}, ${'`bytes`'} and ${'`frames`'}.

## Filters

~~~
condition  := all { '|' all }
all        := one { '&' one }
one        := '(' condition ')' | key operator value { ',' value }
operator   := '=' | '!=' | '~' | '!~'
~~~

- ${'`=`'} is true where the key is one of the values, ${'`!=`'} where it is there and none of them. ${'`~`'} and ${'`!~`'} do the same with patterns.
- ${'`=null`'} is true where the key is missing, ${'`!=null`'} where it is there. Every other comparison with what is missing is false, so
  a filter on packets leaves out counter samples. ${"`'null'`"} in quotes is that word.
- Values that have ${'`= ~ & | , ( )`'} in them stand in single quotes, in which ${"`\\'`"} is a quote; keys may be quoted as well.
- ${'`&&`'}, ${'`||`'} and ${'`==`'} are taken for ${'`&`'}, ${'`|`'} and ${'`=`'}.

| key | its values |
|---|---|
| number | decimal, or hex with 0x; for protocols and the like also the name: ${'`ipprotocol=tcp`'} |
| IPv4, IPv6, address | an address, or a network: ${'`src=10.0.0.0/8,2001:db8::/32`'} |
| MAC | 12 hex digits, with or without colons: ${'`020000000102`'}, ${'`02:00:00:00:01:02`'} |
| bits | as many digits as there are: ${'`ipecn=11`'}, ${'`ipflags=001`'} |
| true/false | ${'`true`'} or ${'`false`'} |
| name | the name, or its number; where no name is exactly so, in any case: ${'`reason=acl`'} |
| interface | an ifIndex, ${'`internal`'}, ${'`unknown`'}, ${'`multiple`'}, ${'`discard`'} |
| data source | an ifIndex, or type and index: ${'`2.1`'} |
| text, time | as it is written, byte by byte |

### Patterns

Java's, as sFlow-RT has them, of the whole text: ${'`dnsqname~.*\\.example\\.org`'}. Matching takes time in
proportion to the text, whatever the pattern.

Taken are characters, ${'`.`'}, classes (${'`[a-z]`'}, ${'`[^,]`'}, ${'`\\d \\D \\w \\W \\s \\S \\h \\H \\v \\V`'}, ${'`\\p{Alpha}`'} and the other ASCII ones), ${'`\\t \\n \\r \\f \\a \\e \\xhh \\uhhhh \\Q...\\E`'},
groups (also named and ${'`(?:...)`'}), ${'`|`'}, ${'`* + ? {n} {n,} {n,m}`'} greedy or reluctant, ${'`^ $ \\A \\z \\Z`'}, and the flags ${'`(?i)`'} and ${'`(?s)`'}. ${'`$`'} is the end
of the text. An error names what is not taken: look-ahead and look-behind, references to groups, possessive quantifiers, atomic
groups, word boundaries, classes in classes, other flags and properties.

## Functions

A function is missing where an argument it needs is, unless it says otherwise. Of ${'`stack`'}, ${'`prefix`'}, ${'`suffix`'} and ${'`first`'} at dots cost no
text. ${'`[...]`'} may be left out, ${'`...`'} may come again.
`

function rows(functions: readonly KeyFunction[]): string {
  const lines = functions.map((one) => {
    const flag = one.flag === undefined ? '' : ` (\`${one.flag}\`)`
    return `| \`${cell(usage(one))}\` | ${cell(one.doc)}${flag} | \`${cell(one.example)}\` | ${cell(one.gives)} |`
  })
  return ['| function | gives | example | for instance |', '|---|---|---|---|', ...lines].join('\n')
}

const sections = families.map((family) => {
  const title = family.charAt(0).toUpperCase() + family.slice(1)
  return `### ${title}\n\n${rows(keyFunctions.filter((one) => one.family === family))}\n`
})

const tail = `## Files for look-ups

| flag | file |
|---|---|
| ${'`--groups [SET=]FILE`'} | JSON: ${'`{"SET": {"name": ["10.0.0.0/8", "2001:db8::/32"]}}`'}, or one set alone, ${'`{"name": ["10.0.0.0/8"]}`'}, as sFlow-RT's ${'`PUT /group/SET/json`'} takes it; its name is then SET, or the file's name without extension. The longest prefix counts, of two equal ones the first. |
| ${'`--map [MAP=]FILE`'} | The same with values instead of networks: ${'`{"members": {"example-net": ["02000000000A"]}}`'}. |
| ${'`--oui FILE`'} | IEEE's oui.txt or oui.csv (also those of 28 and 36 bits), or Wireshark's manuf. |
| ${'`--country FILE`'}, ${'`--asn FILE`'} | A MaxMind-format file (mmdb): GeoLite2, DB-IP, IPinfo. |
| ${'`--topology FILE`'} | Nodes and links as sFlow-RT's ${'`PUT /topology/json`'} takes them. |

Each has an environment variable, as every flag: ${'`SONDE_COUNTRY`'} ... Names of ${'`dns:`'} are asked when a row is written, at most two seconds
each, and not at all with ${'`--no-names`'}; flows are told apart by address, so two of one name are two rows.

## Flow definitions

${'`--flow FILE`'} takes sFlow-RT's JSON: ${'`keys`'}, ${'`value`'}, ${'`values`'} (text or lists), ${'`filter`'}, ${'`n`'}, ${'`t`'} (seconds), ${'`fs`'}, ${'`dropped`'}, ${'`aggMode`'}, ${'`name`'}. ${'`log`'},
${'`flowStart`'}, ${'`activeTimeout`'} and ${'`ipfixCollectors`'} are taken and mean nothing here. Other members are an error.
`

writeGenerated('docs/flows.md', [head, ...sections, tail].join('\n'))

export const NEW = 'AbC-_9';
const BOM = '\u00EF\u00BB\u00BF';

/** Files in every dialect that readers agree about, in latin1: what it is, before, and after `KEY` has the value `NEW`. */
export const dialects: readonly (readonly [what: string, before: string, after: string])[] = [
  ['a plain line', 'A=1\nKEY=old\nB=2\n', `A=1\nKEY=${NEW}\nB=2\n`],
  ['a byte order mark', `${BOM}A=1\nKEY=old\n`, `${BOM}A=1\nKEY=${NEW}\n`],
  ['carriage returns', 'A=1\r\nKEY=old\r\nB=2\r\n', `A=1\r\nKEY=${NEW}\r\nB=2\r\n`],
  ['export', 'export KEY=old\n', `export KEY=${NEW}\n`],
  ['double quotes', 'KEY="old"\n', `KEY="${NEW}"\n`],
  ['single quotes', "KEY='o$ld'\n", `KEY='${NEW}'\n`],
  ['a comment behind quotes', 'KEY="old"  # of the cache\n', `KEY="${NEW}"  # of the cache\n`],
  ['blanks around it', '  KEY = old  \nB=2', `  KEY = ${NEW}  \nB=2`],
  ['no line feed at its end', 'KEY=old', `KEY=${NEW}`],
  ['bytes that are no UTF-8', 'A=\u00FF\u00FE\nKEY=old\n', `A=\u00FF\u00FE\nKEY=${NEW}\n`],
  ['comments and blanks', '# KEY=x\n\nKEY=old\n#KEY=y\n', `# KEY=x\n\nKEY=${NEW}\n#KEY=y\n`],
  ['others named alike', 'MY_KEY=1\nKEY=old\nKEY2=2\n', `MY_KEY=1\nKEY=${NEW}\nKEY2=2\n`],
  ['others of several lines', 'A="1\n2"\nKEY=old\n', `A="1\n2"\nKEY=${NEW}\n`],
  ['the same value elsewhere', 'OLD=old\nKEY=old\n', `OLD=old\nKEY=${NEW}\n`],
  ['who refers to it', 'KEY=old\nU=r://:${KEY}@h\n', `KEY=${NEW}\nU=r://:\${KEY}@h\n`],
];

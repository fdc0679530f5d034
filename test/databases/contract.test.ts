import { databaseContract } from '../../src/base/databaseContract.ts';
import { mariadbSubject, openFresh, postgresSubject } from './subjects.ts';

// Times without a zone are local: those of the contract are written for UTC.
process.env.TZ = 'UTC';

for (const subject of [mariadbSubject(), postgresSubject()]) {
  databaseContract({
    name: subject.name,
    open: (t, tables, options) => openFresh(t, subject, tables, options),
  });
}

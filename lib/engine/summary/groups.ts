import { createHash } from 'node:crypto';

interface CheckResult {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  passes: number;
  fails: number;
}

/** A node of the tree that `handleSummary` gets as `root_group`. */
export interface Group {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly groups: Group[];
  readonly checks: CheckResult[];
}

/** Groups and checks of the run, in the order in which they first appeared. */
export class GroupTree {
  readonly root: Group = createGroup('', '');

  /** @param path as the `group` tag has it: `::outer::inner`, empty for the root */
  group(path: string): Group {
    let group = this.root;
    for (const name of path.split('::').slice(1)) {
      let child = group.groups.find((other) => other.name === name);
      if (!child) {
        child = createGroup(name, `${group.path}::${name}`);
        group.groups.push(child);
      }
      group = child;
    }
    return group;
  }

  check(groupPath: string, name: string, passed: boolean): void {
    const group = this.group(groupPath);
    let check = group.checks.find((other) => other.name === name);
    if (!check) {
      const path = `${group.path}::${name}`;
      check = { name, path, id: hash(path), passes: 0, fails: 0 };
      group.checks.push(check);
    }
    if (passed) check.passes++;
    else check.fails++;
  }
}

function createGroup(name: string, path: string): Group {
  return { name, path, id: hash(path), groups: [], checks: [] };
}

/** k6's id of a group or check: the MD5 of its path, an identifier and no protection. */
function hash(path: string): string {
  return createHash('md5').update(path).digest('hex');
}

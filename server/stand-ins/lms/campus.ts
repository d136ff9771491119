/** What a stand-in LMS knows: users, courses with their enrollments, learning paths. Small enough to hold 50,000 learners. */

export interface User {
  readonly id: number;
  readonly username: string;
  name: string;
  email: string;
  isActive: boolean;
  isStaff: boolean;
  isSuperuser: boolean;
}

export interface Subsection {
  readonly id: string;
  /** Assignment type as the course has it, e.g. `Homework`. */
  readonly type: string;
  readonly possible: number;
}

export interface Enrollment {
  isActive: boolean;
  /** Blocks completed, of `Course.blocks`. */
  completed: number;
  /** Points by subsection; null: never attempted. */
  scores: readonly (number | null)[];
  /** Put in place of the figures, as a broken plugin or a hand-made override would. */
  odd?: { readonly percent?: unknown; readonly earned?: unknown };
}

export interface Course {
  readonly key: string;
  readonly name: string;
  readonly blocks: number;
  readonly policy: readonly { readonly type: string; readonly weight: number; readonly dropped: number }[];
  readonly subsections: readonly Subsection[];
  /** By username, in the order in which they enrolled. */
  readonly enrollments: Map<string, Enrollment>;
}

export interface Path {
  readonly key: string;
  readonly name: string;
  readonly steps: readonly { readonly courseKey: string; readonly order: number | null }[];
  /** By username: whether still enrolled. */
  readonly members: Map<string, boolean>;
}

export class Campus {
  readonly users = new Map<string, User>();
  readonly byId = new Map<number, User>();
  readonly courses = new Map<string, Course>();
  readonly paths = new Map<string, Path>();

  addUser(username: string, facts: Partial<Omit<User, 'username'>> = {}): User {
    const user = {
      id: this.users.size + 1,
      username,
      name: `Learner ${username}`,
      email: `${username}@example.com`,
      isActive: true,
      isStaff: false,
      isSuperuser: false,
      ...facts,
    };
    this.users.set(username, user);
    this.byId.set(user.id, user);
    return user;
  }

  addCourse(key: string, facts: Partial<Omit<Course, 'key'>> = {}): Course {
    const id = key.replace(/^(course|ccx)-v1:/, '');
    const kind = key.startsWith('ccx') ? 'ccx-block-v1' : 'block-v1';
    const subsection = (type: string, name: string, possible: number) => ({
      id: `${kind}:${id}+type@sequential+block@${name}`,
      type,
      possible,
    });
    const course = {
      key,
      name: `Course ${id}`,
      blocks: 20,
      policy: [
        { type: 'Homework', weight: 0.4, dropped: 1 },
        { type: 'Exam', weight: 0.6, dropped: 0 },
      ],
      subsections: [subsection('Homework', 'hw1', 6), subsection('Homework', 'hw2', 4), subsection('Exam', 'exam', 20)],
      enrollments: new Map<string, Enrollment>(),
      ...facts,
    };
    this.courses.set(key, course);
    return course;
  }

  enrol(courseKey: string, username: string, facts: Partial<Enrollment> = {}): Enrollment {
    const course = this.courses.get(courseKey);
    if (!course) throw new Error(`there is no course ${courseKey}`);
    if (!this.users.has(username)) this.addUser(username);
    const enrollment = { isActive: true, completed: 0, scores: course.subsections.map(() => null), ...facts };
    course.enrollments.set(username, enrollment);
    return enrollment;
  }

  addPath(key: string, courseKeys: readonly string[], members: readonly string[]): Path {
    const path = {
      key,
      name: `Path ${key.split('+')[1]}`,
      steps: courseKeys.map((courseKey, index) => ({ courseKey, order: index + 1 })),
      members: new Map(members.map((username) => [username, true])),
    };
    this.paths.set(key, path);
    return path;
  }
}

export const BIG_COURSE = 'course-v1:Acme+Big+2026';
const NEXT_COURSE = 'course-v1:Acme+Next+2026';
export const BIG_PATH = 'path-v1:Acme+Track+2026+main';

/** Two courses and a path of both; the same for the same number. Most have done most of it. */
export function bigCampus(learners: number): Campus {
  const campus = new Campus();
  campus.addCourse(BIG_COURSE, { name: 'A big course' });
  campus.addCourse(NEXT_COURSE, { name: 'The next course' });
  const usernames: string[] = [];
  for (let n = 1; n <= learners; n++) {
    const username = `learner_${String(n).padStart(6, '0')}`;
    usernames.push(username);
    campus.addUser(username, { name: NAMES[n % NAMES.length] ?? username });
    for (const [index, key] of [BIG_COURSE, NEXT_COURSE].entries()) {
      const spread = (n * 7919 + index * 104_729) % 100;
      campus.enrol(key, username, {
        isActive: n % 50 !== 0,
        completed: Math.min(20, Math.floor(spread / 4)),
        scores: [spread % 7, n % 4 === 0 ? null : (spread + n) % 5, spread < 10 ? null : Math.floor(spread / 5)],
      });
    }
  }
  campus.addPath(
    BIG_PATH,
    [BIG_COURSE, NEXT_COURSE],
    usernames.filter((_, index) => index % 2 === 0),
  );
  return campus;
}

const NAMES = [
  'Ada Lovelace',
  'Nguyễn Thị Ánh',
  'Олена Коваль',
  'Ελένη Παππά',
  'Ben Okafor',
  'Zoë Müller',
  'Łukasz Żak',
];

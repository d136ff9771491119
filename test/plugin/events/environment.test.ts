import { expect } from 'chai';
import { ConfigurationError } from '../../../plugin/errors.ts';
import { BADGE_AWARDED, BADGE_REVOKED, eventCatalogue } from '../../../plugin/events/catalogue.ts';
import { ruleEnvironment, usableEventTypes } from '../../../plugin/events/environment.ts';
import { PASSING } from './samples.ts';

describe('the environment of rules', () => {
  it('knows every event type, and enables those of the settings', () => {
    const environment = ruleEnvironment({ enabledEventTypes: [PASSING], providers: ['credly', 'openbadges'] });
    expect(environment.eventTypes).to.equal(eventCatalogue);
    expect(environment.enabledEventTypes).to.deep.equal(new Set([PASSING]));
    expect(environment.providers).to.deep.equal(new Set(['credly', 'openbadges']));
    expect(environment.knownBadges).to.equal(null);
  });

  it('enables every type that names a learner, except what Laurel itself publishes, when nothing is chosen', () => {
    const { enabledEventTypes } = ruleEnvironment({ enabledEventTypes: null, providers: [] });
    expect(enabledEventTypes).to.include(PASSING);
    expect(enabledEventTypes).to.not.include('org.openedx.content_authoring.course.created.v1');
    expect(usableEventTypes()).to.not.include.members([BADGE_AWARDED, BADGE_REVOKED]);
  });

  it('refuses settings that enable what cannot be used, all at once', () => {
    const enabledEventTypes = [
      'org.openedx.learning.course.passing.status.updated.v2',
      'nonsense',
      'org.openedx.content_authoring.course.created.v1',
      BADGE_AWARDED,
    ];
    let problems: readonly string[] = [];
    try {
      ruleEnvironment({ enabledEventTypes, providers: [] });
    } catch (error) {
      expect(error).to.be.instanceOf(ConfigurationError);
      problems = (error as ConfigurationError).problems;
    }
    expect(problems).to.deep.equal([
      `LAUREL_EVENT_TYPES names org.openedx.learning.course.passing.status.updated.v2, which is not an event type; did you mean ${PASSING}?`,
      'LAUREL_EVENT_TYPES names nonsense, which is not an event type; remove it',
      'LAUREL_EVENT_TYPES names org.openedx.content_authoring.course.created.v1, which is about no particular learner; remove it',
      `LAUREL_EVENT_TYPES names ${BADGE_AWARDED}, which Laurel itself publishes; write on badge "..." awarded in a rule instead`,
    ]);
  });
});

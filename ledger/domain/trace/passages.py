"""Every passage of the policy in its order: a key, and a few of its words under its heading.

The text itself is the school's. `…` stands where words are left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.domain.trace.row import Passage

_TABLE = """
# Front page
front.chair|Chair of Governors
front.headteacher|Headteacher
front.ratified|Ratified on
front.revised|Revised by

# Social Media Policy
intro.definition|a broad term for any kind of online platform
intro.games|video sharing platforms such as You Tube have social media elements
intro.benefits|recognises the numerous benefits and opportunities
intro.encouraged|actively encouraged to find creative ways to use social media
intro.risks|risks … around the issues of safeguarding, bullying and personal reputation
intro.aim|aims to encourage the safe use of social media

# Scope
scope.codes|subject to the school's Codes of Conduct and Acceptable Use Agreements
scope.staff|Applies to all staff and to all online communications
scope.anywhere|posted at any time and from anywhere
scope.training|safe and responsible use of social media through training and education
scope.monitoring|Defines the monitoring of public social media activity
scope.privacy|respects privacy and understands that staff and pupils may use
scope.negative|likely to have a negative impact on professional standards
scope.professional|those made through official channels, posted on a school account
scope.professional_in|All professional communications are within the scope
scope.personal|those made via a personal social media accounts
scope.disclaimer|must be made clear that the member of staff is not communicating on behalf
scope.personal_in|Such personal communications are within the scope
scope.outside|do not refer to or impact upon the school are outside the scope
scope.pupils|Digital communications with pupils are also considered
scope.learners|must consider whether this is appropriate
scope.learning_platforms|E.g. HWB and Class DOJO

# Roles & Responsibilities: SLT
slt.training|Facilitating training and guidance
slt.policy|Developing and implementing the Social Media policy
slt.investigating|Taking a lead role in investigating any reported incidents
slt.assessment|Making an initial assessment when an incident is reported
slt.involving|involving appropriate staff and external agencies as required
slt.applications|Receive completed applications
slt.approve|Approve account creation

# Roles & Responsibilities: Administrator / Moderator
admin.create|Create the School account following SLT approval
admin.store|Store account details, including passwords securely
admin.monitoring|Be involved in monitoring and contributing to the account
admin.control|after the lead staff member has left the organisation

# Roles & Responsibilities: Staff
staff.know|Know the contents of and ensure that any use of social media
staff.training|Attending appropriate training
staff.manage|monitoring, updating and managing content he/she has posted
staff.disclaimer|Adding an appropriate disclaimer to personal accounts

# Process for creating new accounts
new.consider|encouraged to consider if a social media account will help them
new.case|must present a business case to the School Leadership Team
new.aim|The aim of the account
new.audience|The intended audience
new.promotion|How the account will be promoted
new.runners|Who will run the account (at least two staff members should be named)
new.visibility|Will the account be open or private/closed
new.decision|an application will be approved or rejected
new.satisfied|read and understood this policy and received appropriate training
new.others|including volunteers or parents

# Monitoring
mon.regular|preferably 7 days a week, including during holidays
mon.respond|must be responded to within 24 hours
mon.intervention|Regular monitoring and intervention is essential

# Behaviour
beh.standard|adhere to the standard of behaviour as set out in this policy
beh.professional|professional and respectful at all times
beh.rights|will not use social media to infringe on the rights and privacy of others
beh.comments|make ill-considered comments or judgments about staff
beh.gain|must not be used for personal gain
beh.confidentiality|even after they leave the employment of the school
beh.declare|must declare who they are
beh.anonymous|Anonymous posts are discouraged
beh.journalist|must follow the school media policy before responding
beh.unacceptable|will be considered extremely seriously
beh.reported|reported as soon as possible to a relevant senior member of staff
beh.escalated|escalated where appropriate
beh.at_work|use of social media by staff while at work may be monitored
beh.access|permits reasonable and appropriate access
beh.excessive|where excessive use is suspected
beh.action|take appropriate action in the event of breaches
beh.internal|the school will deal with the matter internally
beh.illegal|report the matter to the police and other relevant external agencies
beh.disciplinary|may take action according to the disciplinary policy

# Legal considerations
legal.copyright|should consider the copyright of the content they are sharing
legal.permission|should seek permission from the copyright holder before sharing
legal.data|does not infringe upon relevant data protection laws
legal.confidentiality|or breach confidentiality

# Handling abuse
abuse.swiftly|handle offensive comments swiftly and with sensitivity
abuse.block|should block, report or delete other users
abuse.inform|should inform the audience exactly why the action was taken
abuse.colleagues|subject to abuse by colleagues

# Tone
tone.audience|should be appropriate to the audience
tone.key_words|Key words to consider when composing messages
tone.engaging|Engaging
tone.conversational|Conversational
tone.informative|Informative
tone.friendly|Friendly (on certain platforms

# Use of images
image.acceptable|can be assumed to be acceptable, providing the following guidelines
image.permission|Permission to use any photos or video recordings should be sought
image.objection|asks not to be filmed or photographed
image.school_accounts|share or upload student pictures online other than via school owned
image.judgement|exercise their professional judgement
image.dressed|should be appropriately dressed, not be subject to ridicule
image.list|must not be on any school list of children
image.compromising|they must delete it immediately

# Personal use: Staff
use.personal|Personal communications are those made via a personal
use.disclaimer|with an appropriate disclaimer
use.in_scope|personal communications are within the scope of this policy
use.outside|do not refer to or impact upon the school are outside the scope
use.excessive|Where excessive personal use of social media in school is suspected
use.reasonable|during breaks and non-contact time

# Personal use: Pupil
pupil.follow|not permitted to follow or engage with current or prior pupils
pupil.education|should enable the pupils to be safe and responsible users
pupil.encouraged|Pupils are encouraged to comment or post appropriately
pupil.behaviour|resolved by the use of the school's behaviour policy

# Personal use: Parents/Carers
parent.informed|will be informed about acceptable use
parent.encouraged|Parents/Carers are encouraged to comment or post appropriately
parent.remove|will ask the parent/carer to remove the post
parent.invite|invite them to discuss the issues in person
parent.complaints|refer parents to the school's complaints procedures
parent.engage|advised not to engage with current or prior parents/carers

# Monitoring posts about the school
public.monitor|pro-actively monitor the Internet for public postings
public.respond|effectively respond to social media comments made by others

# Mental Health and Emotional Wellbeing Impact Statement
wellbeing.committed|committed to the protection and promotion of positive mental health
wellbeing.recognise|in just the same way as physical health
wellbeing.in_line|written and reviewed in line with our school's vision

# Equality Impact Assessment
equality.duty|duty not to discriminate
equality.assessed|has been equality impact assessed

# Appendix: Managing your personal use of social media
own.private|on social media is truly private
own.blur|blur the lines between your professional and private life
own.logo|Don't use the school logo
own.settings|Check your settings regularly and test your privacy
own.footprint|Keep an eye on your digital footprint
own.information|Keep your personal information private
own.connections|Regularly review your connections
own.consider|Scale, Audience and Permanency
own.criticise|If you want to criticise, do it politely
own.images|Take control of your images
own.seen|What would children or parents say about you
own.report|Know how to report a problem

# Appendix: Managing school social media accounts: The Do's
do.senior|Check with a senior leader before publishing
do.disclaimer|Use a disclaimer when expressing personal views
do.who|Make it clear who is posting content
do.tone|Use an appropriate and professional tone
do.respectful|Be respectful to all parties
do.permission|Ensure you have permission to 'share' other peoples' materials
do.acknowledge|acknowledge the author
do.balanced|Express opinions but do so in a balanced and measured manner
do.second_opinion|when in doubt, get a second opinion
do.advice|Seek advice
do.mistakes|report any mistakes using the school's reporting process
do.tagging|Consider turning off tagging people in images

# Appendix: Managing school social media accounts: The Don'ts
dont.disrepute|bring the school into disrepute
dont.confidential|publish confidential or commercially sensitive material
dont.breach|Don't breach copyright, data protection
dont.inappropriate|don't link to, embed or add potentially inappropriate content
dont.derogatory|Don't post derogatory, defamatory, offensive
dont.grievances|air internal grievances
"""


def _read(table: str) -> Iterator[Passage]:
    heading = ""
    for line in filter(None, table.splitlines()):
        if line.startswith("# "):
            heading = line[2:]
            continue
        key, _, words = line.partition("|")
        yield Passage(key, heading, words)


PASSAGES = tuple(_read(_TABLE))

# Who Laurel is in the LMS: a user that is staff, an application to read with, one for people to sign in with.
./manage.py lms manage_user laurel laurel@openedx --staff --unusable-password
./manage.py lms create_dot_application \
  --grant-type client-credentials \
  --redirect-uris "{% if ENABLE_HTTPS %}https{% else %}http{% endif %}://{{ LAUREL_HOST }}" \
  --client-id laurel-backend \
  --client-secret "{{ LAUREL_LMS_CLIENT_SECRET }}" \
  --skip-authorization \
  --update laurel-backend laurel
./manage.py lms create_dot_application \
  --grant-type authorization-code \
  --redirect-uris "{% if ENABLE_HTTPS %}https{% else %}http{% endif %}://{{ LAUREL_HOST }}/sign-in/lms/done" \
  --client-id laurel-sso \
  --client-secret "{{ LAUREL_LMS_SIGN_IN_CLIENT_SECRET }}" \
  --scopes user_id \
  --skip-authorization \
  --update laurel-sso laurel

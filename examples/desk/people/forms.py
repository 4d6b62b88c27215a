from django import forms
from people.models import Profile


class ProfileForm(forms.ModelForm):
    class Meta:
        model = Profile
        fields = ["team", "phone", "signature"]

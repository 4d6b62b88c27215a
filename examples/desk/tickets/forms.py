from django import forms
from tickets.models import Reply, Ticket


class TicketForm(forms.ModelForm):
    class Meta:
        model = Ticket
        fields = ["title"]


class ReplyForm(forms.ModelForm):
    class Meta:
        model = Reply
        fields = ["body"]
